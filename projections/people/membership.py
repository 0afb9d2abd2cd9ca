"""Who is in a segment, as SQL. Rules are data, so every segment is judged by the same expression.

A person's fields are a map from names to JSON scalars as text; the company's are among them, as `company.plan`. What is
compared for being equal is such a text on both sides, made by the same function; what is compared by order is a number.
"""


def members(*, segments: str, persons: str, companies: str) -> str:
    """Workspace, segment and person of each member, of these segments, persons and companies (subqueries)."""
    return f"""SELECT segment.workspace AS workspace, segment.segment AS segment, member.person AS person
FROM (
  SELECT workspace, segment, match, {conditions("conditions")} AS rules
  FROM ({segments})
) AS segment
INNER JOIN (
  SELECT person.workspace AS workspace, person.person AS person,
    {fields("person.fields", "company.fields")} AS fields
  FROM ({persons}) AS person
  LEFT JOIN ({companies}) AS company
    ON company.workspace = person.workspace AND company.company = person.company
) AS member ON member.workspace = segment.workspace
WHERE {holds("segment.match", "segment.rules", "member.fields")}"""


def as_of(kind: str, columns: str, at: str, *, where: str = "1") -> str:
    """How persons or companies (`kind`) stood at a moment: a subquery. `where` is a condition on the workspace."""
    return f"""SELECT workspace, {kind}, {columns} FROM <{kind}_history>
    WHERE {where} AND occurred_at <= {at}
    ORDER BY workspace, {kind}, occurred_at DESC, `offset` DESC LIMIT 1 BY workspace, {kind}"""


def fields(person: str, company: str) -> str:
    """The map of a person's fields, from the JSON of both."""
    return f"mapUpdate({_map(person, '')}, {_map(company, 'company.')})"


def conditions(json: str) -> str:
    """An array of (field, comparison, values, the first of them as a number) from the JSON of a segment's rules."""
    field = "concat(JSONExtractString(rule, 'field'), if(JSONHas(rule, 'currency'), '.', ''))"
    field = f"concat({field}, JSONExtractString(rule, 'currency'))"
    values = "JSONExtractArrayRaw(rule, 'values')"
    number = f"ifNull(toFloat64OrNull({values}[1]), 0.)"
    return (
        f"arrayMap(rule -> ({field}, JSONExtractString(rule, 'op'), {values}, {number}), JSONExtractArrayRaw({json}))"
    )


def holds(match: str, rules: str, fields: str) -> str:
    """Whether the rules hold for a map of fields. `ne` holds also where there is no such field."""
    value = f"{fields}[rule.1]"
    number = f"toFloat64OrNull({value})"
    orders = ", ".join(
        f"rule.2 = '{name}', ifNull({number} {sign} rule.4, false)"
        for name, sign in (("gt", ">"), ("gte", ">="), ("lt", "<"), ("lte", "<="))
    )
    rule = (
        f"rule -> multiIf(rule.2 = 'exists', {value} != '', rule.2 = 'missing', {value} = '', "
        f"rule.2 = 'ne', {value} != rule.3[1], {value} = '', false, rule.2 IN ('eq', 'in'), has(rule.3, {value}), "
        f"{orders}, false)"
    )
    return f"if({match} = 'all', arrayAll({rule}, {rules}), arrayExists({rule}, {rules}))"


def _map(json: str, prefix: str) -> str:
    pairs = f"JSONExtractKeysAndValuesRaw({json})"
    names = f"arrayMap(pair -> concat('{prefix}', pair.1), {pairs})"
    return f"mapFromArrays({names}, arrayMap(pair -> pair.2, {pairs}))"
