"""JMESPath into the items of Google's listings, each path compiled once."""

from tagwarden.providers.catalogue.path_compiler import PathFunctions, path_compiler

compile_path = path_compiler(PathFunctions())
