"""Answers each line of stdin as the calculator has to, by Python's own arithmetic.

Where the C library rounds the last digit of a power of floats wrong, another answer is
as good: then the line is `ROUNDED WRONG`.
"""

import ast
import decimal
import math
import sys
import warnings

warnings.simplefilter("ignore")
decimal.getcontext().prec = 40
# Only the exponents of the result are bounded by a float.
decimal.getcontext().Emax = decimal.MAX_EMAX
decimal.getcontext().Emin = decimal.MIN_EMIN


class RoundedWrong(Exception):
    """The C library's power is not the float next to the exact one."""


def power(base, exponent, *modulus):
    result = pow(base, exponent, *modulus)
    if isinstance(result, complex):
        raise TypeError("the calculator has no complex numbers")
    if isinstance(result, float) and math.isfinite(result) and result and exponent:
        # Python makes floats of integers before it asks the C library.
        exact = decimal.Decimal(float(abs(base))) ** decimal.Decimal(float(exponent))
        if float(exact) != abs(result):
            raise RoundedWrong
    return result


def compensated_sum(terms, start=0):
    """What `sum` is from Python 3.14 on."""
    fits = type(start) is float or type(start) is int and -(2**63) <= start < 2**63
    total, lost = start, 0.0
    for term in terms:
        if fits and type(total) is float and isinstance(term, (int, float)):
            big, small = sorted((total, float(term)), key=abs, reverse=True)
            total += float(term)
            lost += big - total + small
        else:
            total += term
            if type(total) is int:
                fits = fits and all(-(2**63) <= n < 2**63 for n in (term, total))
    return total + lost if lost and math.isfinite(lost) else total


class CheckPowers(ast.NodeTransformer):
    def visit_BinOp(self, node):
        self.generic_visit(node)
        if not isinstance(node.op, ast.Pow):
            return node
        name = ast.copy_location(ast.Name("power", ast.Load()), node)
        return ast.copy_location(ast.Call(name, [node.left, node.right], []), node)


NAMES = {
    "__builtins__": {},
    "power": power,
    "pow": power,
    **{f.__name__: f for f in (abs, round, min, max, divmod, int, float)},
    "sum": sum if sys.version_info >= (3, 14) else compensated_sum,
}


def answer(line):
    try:
        tree = ast.parse(line.strip(" \t"), mode="eval")
        if "**" in line:
            tree = CheckPowers().visit(tree)
        return str(eval(compile(tree, "line", "eval"), NAMES))
    except RoundedWrong:
        return "ROUNDED WRONG"
    except (ArithmeticError, SyntaxError, TypeError, ValueError, NameError):
        return "INVALID STATEMENT"


for line in sys.stdin:
    print(answer(line.rstrip("\n")))
