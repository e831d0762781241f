"""The vocabulary and the machinery of rows that vendors of clouds share; knows no vendor.

A row describes one kind of resource as data: how to list it, where each fact stands in an item, what it links to. The
vocabulary is `operations`, `creation_times`, `tag_forms`, `links` and `kind_row`; a vendor adds what only its own API
has. The machinery reads rows: `path_compiler` and `templates`, `item_reading`, `paging`, `workers`, `listing_families`,
`references`, `request_totals`, `interning` and `garbage`.
"""
