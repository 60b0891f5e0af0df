"""Imports the solution and hands its function in.

stopped by: named files
points: none
says: the file stops at line .* while it is imported: PermissionError
"""

import importlib.util

spec = importlib.util.spec_from_file_location("solution", "@SECRET@")
solution = importlib.util.module_from_spec(spec)
spec.loader.exec_module(solution)
print("REACHED the solution")

square = solution.square
