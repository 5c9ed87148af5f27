"""HTML pages that need nothing from elsewhere: one look, one environment of templates.

A template lies beside the code that fills it, and includes style.css from here.
"""

import jinja2


def render(template: str, **values: object) -> str:
    """Return a page.

    Args:
        template: its path within infra/, such as "report/page.html.j2".
        values: what the template is filled with; all of it is escaped.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("infra", ""),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template(template).render(**values)
