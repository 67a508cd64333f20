"""Links and anchors inside the built site lead somewhere."""

import re
from html import unescape
from urllib.parse import unquote, urlsplit

# What keeps a picture's place while it loads.
PLACE = r' width="\d+" height="\d+"| style="width: \d+px; height: \d+px;?"'


def test_each_link_leads_to_a_file_and_each_anchor_to_a_place_in_it(site):
    pages = {path: read(path) for path in site.rglob("*.html") if "_static" not in path.parts}
    places = {path: set(re.findall(r'\s(?:id|name)="([^"]+)"', text)) for path, text in pages.items()}
    lost = []
    for page, text in pages.items():
        for link in re.findall(r'\s(?:href|src)="([^"]*)"', text):
            parts = urlsplit(unescape(link))
            if parts.scheme or parts.netloc:
                continue
            path = unquote(parts.path)
            target = page if not path else site / path[1:] if path[0] == "/" else (page.parent / path).resolve()
            if not target.is_file() or (parts.fragment and unquote(parts.fragment) not in places.get(target, [])):
                lost.append(f"{page.relative_to(site)}: {link}")
    assert lost == []


def read(path):
    """A page without what its scripts write."""
    return re.sub(r"<script.*?</script>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_each_style_sheet_names_files_that_are_there(site):
    for sheet in (site / "_static").glob("site-*.css"):
        for address in re.findall(r"url\(\s*[\"']?([^)\"']+)", sheet.read_text(encoding="utf-8")):
            assert address.startswith(("data:", "#")) or (sheet.parent / address).is_file(), address


def test_no_picture_is_written_into_a_page(site):
    for page in site.rglob("*.html"):
        for tag in re.findall(r"<img [^>]*>", read(page)):
            assert 'src="data:' not in tag, page
            assert re.search(r' alt="', tag), (page, tag)
            assert "/_images/" not in tag or re.search(PLACE, tag), (page, tag)
