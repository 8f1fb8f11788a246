"""The lab: one page that runs the model offline, put together from its template, its bundles and the data.

`lab_page` gives the file as text. What is in page/ are the page's own modules; tools/lab_bundle.py makes the two
bundles of them, which are committed, so that nobody needs Node.js to write a page.
"""

from metabosim.lab.pages import lab_page

__all__ = ["lab_page"]
