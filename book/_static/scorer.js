// In the results of a search, chapters come before the reference pages that hold the same word. (Sphinx gives an entry of
// the glossary 100 points, and the title of a chapter 15.)
var Scorer = {
  score: ([page, , , , score]) => (/^book\/(api\/|glossary|claims|bibliography|certified|datasets|package)/.test(page) ? score / 10 : score),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
