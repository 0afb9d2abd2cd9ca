"""What the golden files of formulas' events must read as. Never edit one."""

AT = "2026-01-02T03:04:05.678Z"

EXPECTED: dict[str, dict[str, object]] = {
    "groundswell.formula.defined.v1": {
        "formula": "pain", "expression": "importance * log10(1 + spend.EUR / 100 EUR)",
        "meaning": "Was am meisten weh tut",
        "unit": "pain", "reason": "As agreed in März", "internal": True, "at": AT,
    },
    "groundswell.formula.removed.v1": {"formula": "pain", "reason": "", "internal": True, "at": AT},
}  # fmt: skip
