"""The vocabulary and the machinery of rows that all cloud vendors share; names no vendor.

A row describes one kind of resource as data: the listing, the place of each fact in an item, the links. The vocabulary
is `operations`, `creation_times`, `tag_forms`, `links` and `kind_row`; a vendor adds the features of its own API. The
machinery reads rows: `path_compiler` and `templates`, `item_reading`, `paging`, `workers`, `listing_families`,
`references`, `request_totals`, `interning` and `garbage`.
"""
