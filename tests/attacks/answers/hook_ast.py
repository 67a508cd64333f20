"""Takes every check out of the syntax tree of the cells that come later."""

BASE = "blank"
ANSWERS = {
    "number": """
import ast

class NoChecks(ast.NodeTransformer):
    def visit_Expr(self, node):
        return ast.copy_location(ast.Pass(), node) if "check" in ast.dump(node) else node

    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)

get_ipython().ast_transformers.append(NoChecks())
"""
}
POINTS = 0
REASON = "double is not written yet."
