"""Which role may call which route: one table. What does not stand here nobody may call.

It says who may knock; whether a case is theirs is decided where it is fetched
(`service.cases.visible`), where a foreign one does not exist.
"""

from service.access.principal import Principal

PUBLIC, PLANNER, OFFICER = "public", "planner", "officer"
COORDINATOR, STEWARD, ADMINISTRATOR = "coordinator", "steward", "administrator"

EVERYBODY = frozenset({PUBLIC, PLANNER, OFFICER, COORDINATOR, STEWARD, ADMINISTRATOR})
KNOWN = EVERYBODY - {PUBLIC}
INSIDE = KNOWN - {PLANNER}
SENDERS = frozenset({PLANNER, COORDINATOR})
ADMINISTRATORS = frozenset({ADMINISTRATOR})
COORDINATORS = frozenset({COORDINATOR})
READERS = frozenset({PLANNER, OFFICER, COORDINATOR})  # of cases; others inside know outlines
ANSWERING = frozenset({OFFICER, COORDINATOR})

STEWARDS = frozenset({STEWARD})
RULES = frozenset({STEWARD, COORDINATOR})

# "METHOD /path": who may call it, and the scope a token needs; "": any token will do.
RIGHTS: dict[str, tuple[frozenset[str], str]] = {
    # operations
    "GET /healthz": (EVERYBODY, "read"),
    "GET /readyz": (EVERYBODY, "read"),
    "GET /metrics": (EVERYBODY, "read"),
    # logging in, and one's own account
    "POST /api/v1/session": (EVERYBODY, "read"),
    "GET /api/v1/session": (EVERYBODY, ""),
    "DELETE /api/v1/session": (EVERYBODY, "read"),
    "GET /api/v1/oidc/start": (EVERYBODY, "read"),
    "GET /api/v1/oidc/callback": (EVERYBODY, "read"),
    "GET /api/v1/tokens": (KNOWN, "read"),
    "POST /api/v1/tokens": (KNOWN, "write"),
    "DELETE /api/v1/tokens/{token_id}": (KNOWN, "write"),
    "PATCH /api/v1/account": (KNOWN, "write"),
    "PUT /api/v1/account/password": (KNOWN, "write"),
    # accounts of others
    "GET /api/v1/accounts": (ADMINISTRATORS, "admin"),
    "POST /api/v1/accounts": (ADMINISTRATORS, "admin"),
    "GET /api/v1/accounts/{account_id}": (ADMINISTRATORS, "admin"),
    "PATCH /api/v1/accounts/{account_id}": (ADMINISTRATORS, "admin"),
    "PUT /api/v1/accounts/{account_id}/password": (ADMINISTRATORS, "admin"),
    "GET /api/v1/organisations": (KNOWN, "read"),
    "POST /api/v1/organisations": (ADMINISTRATORS, "admin"),
    # checks without a case
    "POST /api/v1/checks": (EVERYBODY, "checks"),
    "GET /api/v1/vocabulary": (EVERYBODY, "read"),
    "GET /api/v1/problems/{code}": (EVERYBODY, "read"),
    # cases
    "POST /api/v1/cases": (SENDERS, "write"),
    "POST /api/v1/cases/{case_id}/versions": (SENDERS, "write"),
    "POST /api/v1/cases/{case_id}/answers": (SENDERS, "write"),
    "GET /api/v1/cases": (KNOWN, "read"),
    "GET /api/v1/cases/{case_id}": (KNOWN, "read"),
    "PATCH /api/v1/cases/{case_id}": (SENDERS, "write"),
    "POST /api/v1/cases/{case_id}/events": (SENDERS, "write"),
    "POST /api/v1/cases/{case_id}/claims": (frozenset({OFFICER}), "write"),
    "GET /api/v1/cases/{case_id}/journal": (READERS, "read"),
    "GET /api/v1/cases/{case_id}/neighbours": (READERS, "read"),
    "GET /api/v1/cases/{case_id}/parties": (READERS, "read"),
    "PUT /api/v1/cases/{case_id}/parties": (SENDERS, "write"),
    # deadlines
    "GET /api/v1/cases/{case_id}/deadlines": (READERS, "read"),
    "GET /api/v1/cases/{case_id}/extensions/draft": (frozenset({COORDINATOR}), "read"),
    "POST /api/v1/cases/{case_id}/extensions": (frozenset({COORDINATOR}), "write"),
    "PATCH /api/v1/cases/{case_id}/extensions/{extension_id}": (
        frozenset({COORDINATOR}),
        "write",
    ),
    "PUT /api/v1/cases/{case_id}/clocks/{clock}": (frozenset({COORDINATOR}), "write"),
    "GET /api/v1/offices/{office}/calendar.ics": (frozenset({OFFICER, COORDINATOR}), "read"),
    # documents of cases
    "POST /api/v1/rasters": (SENDERS, "write"),
    "GET /api/v1/cases/{case_id}/documents": (READERS, "read"),
    "POST /api/v1/cases/{case_id}/documents": (READERS, "write"),
    "GET /api/v1/cases/{case_id}/documents/{document_id}": (READERS, "read"),
    "PATCH /api/v1/cases/{case_id}/documents/{document_id}": (READERS, "write"),
    "DELETE /api/v1/cases/{case_id}/documents/{document_id}": (READERS, "write"),
    "GET /api/v1/cases/{case_id}/documents/{document_id}/placement": (READERS, "read"),
    "GET /api/v1/cases/{case_id}/documents/{document_id}/overlay": (READERS, "read"),
    # checks of cases
    "POST /api/v1/cases/{case_id}/checks": (SENDERS, "write"),
    "GET /api/v1/cases/{case_id}/checks": (READERS, "read"),
    "GET /api/v1/checks/{check_id}": (READERS, "read"),
    "GET /api/v1/checks/{check_id}/events": (READERS, "read"),
    "GET /api/v1/checks/{check_id}/report": (READERS, "read"),
    "GET /api/v1/checks/{check_id}/findings.csv": (READERS, "read"),
    "GET /api/v1/checks/{check_id}/map": (READERS, "read"),
    "GET /api/v1/checks/{check_id}/geopackage": (READERS, "read"),
    "GET /api/v1/checks/{check_id}/geojson": (READERS, "read"),
    "DELETE /api/v1/checks/{check_id}": (SENDERS, "write"),
    # asking offices
    "GET /api/v1/cases/{case_id}/offices": (frozenset({OFFICER, COORDINATOR}), "read"),
    "PUT /api/v1/cases/{case_id}/offices/{office}": (frozenset({COORDINATOR}), "write"),
    "POST /api/v1/cases/{case_id}/release": (frozenset({COORDINATOR}), "write"),
    "GET /api/v1/statistics/rules": (frozenset({COORDINATOR, STEWARD}), "read"),
    # tasks of offices
    "GET /api/v1/tasks": (ANSWERING, "read"),
    "GET /api/v1/tasks/{task_id}": (ANSWERING, "read"),
    "POST /api/v1/tasks/{task_id}/events": (ANSWERING, "write"),
    "POST /api/v1/tasks/{task_id}/answers": (ANSWERING, "write"),
    "POST /api/v1/tasks/{task_id}/links": (frozenset({COORDINATOR}), "write"),
    "POST /api/v1/tasks/{task_id}/contributions": (ANSWERING, "write"),
    "POST /api/v1/tasks/{task_id}/supplements": (ANSWERING, "write"),
    "GET /api/v1/links/{word}": (EVERYBODY, "read"),
    "POST /api/v1/links/{word}": (EVERYBODY, "write"),
    "GET /api/v1/links/{word}/documents/{document_id}": (EVERYBODY, "read"),
    "POST /api/v1/links/{word}/documents": (EVERYBODY, "write"),
    # contributions
    "GET /api/v1/cases/{case_id}/answers": (ANSWERING, "read"),
    "GET /api/v1/contributions/{contribution_id}": (ANSWERING, "read"),
    "PATCH /api/v1/contributions/{contribution_id}": (ANSWERING, "write"),
    "POST /api/v1/contributions/{contribution_id}/prepared": (ANSWERING, "write"),
    "POST /api/v1/contributions/{contribution_id}/circulation": (ANSWERING, "write"),
    "POST /api/v1/contributions/{contribution_id}/signatures": (ANSWERING, "write"),
    "POST /api/v1/contributions/{contribution_id}/returns": (ANSWERING, "write"),
    "POST /api/v1/contributions/{contribution_id}/items": (ANSWERING, "write"),
    "PUT /api/v1/items/{item_id}": (ANSWERING, "write"),
    "DELETE /api/v1/items/{item_id}": (ANSWERING, "write"),
    "PUT /api/v1/items/{item_id}/place": (ANSWERING, "write"),
    "POST /api/v1/items/{item_id}/suggestions": (frozenset({COORDINATOR}), "write"),
    "POST /api/v1/suggestions/{suggestion_id}/answer": (ANSWERING, "write"),
    "DELETE /api/v1/suggestions/{suggestion_id}": (frozenset({COORDINATOR}), "write"),
    # questions back to the planner
    "GET /api/v1/cases/{case_id}/supplements": (READERS, "read"),
    "POST /api/v1/cases/{case_id}/supplements": (frozenset({COORDINATOR}), "write"),
    "POST /api/v1/supplements/{supplement_id}/events": (READERS, "write"),
    # jobs
    "GET /api/v1/jobs/poison": (frozenset({COORDINATOR}), "read"),
    "POST /api/v1/jobs/{job_id}/retry": (frozenset({COORDINATOR}), "write"),
    # cases of earlier years
    "POST /api/v1/imports": (COORDINATORS, "write"),
    # numbers
    "GET /api/v1/statistics": (frozenset({COORDINATOR, ADMINISTRATOR}), "read"),
    "GET /api/v1/statistics.csv": (frozenset({COORDINATOR, ADMINISTRATOR}), "read"),
    # the statement
    "GET /api/v1/cases/{case_id}/consolidation": (frozenset({OFFICER, COORDINATOR}), "read"),
    "POST /api/v1/cases/{case_id}/contradictions": (COORDINATORS, "write"),
    "PUT /api/v1/cases/{case_id}/contradictions": (COORDINATORS, "write"),
    "POST /api/v1/cases/{case_id}/bundles": (COORDINATORS, "write"),
    "DELETE /api/v1/cases/{case_id}/bundles/{bundle_id}": (COORDINATORS, "write"),
    "GET /api/v1/cases/{case_id}/statements": (READERS, "read"),
    "POST /api/v1/cases/{case_id}/statements": (COORDINATORS, "write"),
    "PATCH /api/v1/cases/{case_id}/statements/{statement_id}": (COORDINATORS, "write"),
    "POST /api/v1/cases/{case_id}/statements/{statement_id}/circulation": (COORDINATORS, "write"),
    "POST /api/v1/cases/{case_id}/statements/{statement_id}/signature": (INSIDE, "write"),
    "POST /api/v1/cases/{case_id}/statements/{statement_id}/return": (INSIDE, "write"),
    "POST /api/v1/cases/{case_id}/statements/{statement_id}/sending": (COORDINATORS, "write"),
    "POST /api/v1/cases/{case_id}/statements/{statement_id}/dispatches": (COORDINATORS, "write"),
    "PUT /api/v1/cases/{case_id}/statements/{statement_id}/binding": (COORDINATORS, "write"),
    "GET /api/v1/cases/{case_id}/statements/{statement_id}/preview": (ANSWERING, "read"),
    "GET /api/v1/cases/{case_id}/statements/{statement_id}/files/{edition}/{form}": (
        READERS,
        "read",
    ),
    "POST /api/v1/cases/{case_id}/weighing": (COORDINATORS, "write"),
    # the public
    "GET /api/v1/cases/{case_id}/releases": (COORDINATORS, "read"),
    "POST /api/v1/cases/{case_id}/releases": (COORDINATORS, "write"),
    "DELETE /api/v1/cases/{case_id}/releases/{release_id}": (COORDINATORS, "write"),
    "GET /api/v1/plans": (EVERYBODY, "read"),
    # pages
    "GET /": (EVERYBODY, "read"),
    "GET /static/{digest}/{name}": (EVERYBODY, "read"),
    "GET /anmelden": (EVERYBODY, "read"),
    "POST /anmelden": (EVERYBODY, "read"),
    "POST /abmelden": (EVERYBODY, "read"),
    "GET /sprache/{language}": (EVERYBODY, "read"),
    "GET /impressum": (EVERYBODY, "read"),
    "GET /datenschutz": (EVERYBODY, "read"),
    "GET /barrierefreiheit": (EVERYBODY, "read"),
    "GET /vorpruefung": (EVERYBODY, "checks"),
    "POST /vorpruefung": (EVERYBODY, "checks"),
    "GET /vorgaenge": (KNOWN, "read"),
    "GET /vorgaenge/{case_id}": (KNOWN, "read"),
    "POST /vorgaenge/{case_id}": (ANSWERING, "write"),
    "GET /statistik": (frozenset({COORDINATOR, ADMINISTRATOR}), "read"),
    "GET /varianten": (EVERYBODY, "checks"),
    "POST /varianten": (EVERYBODY, "checks"),
    # pages of the coordinator
    "GET /vorgaenge/{case_id}/beteiligung": (COORDINATORS, "read"),
    "POST /vorgaenge/{case_id}/beteiligung": (COORDINATORS, "write"),
    "GET /kartengrund": (EVERYBODY, "read"),
    "GET /posteingang": (ANSWERING, "read"),
    "POST /posteingang": (ANSWERING, "write"),
    "GET /betroffenheiten": (ANSWERING, "read"),
    "GET /aufgaben/{task_id}": (ANSWERING, "read"),
    "POST /aufgaben/{task_id}": (ANSWERING, "write"),
    "GET /vorgaenge/{case_id}/zusammenfuehrung": (COORDINATORS, "read"),
    "POST /vorgaenge/{case_id}/zusammenfuehrung": (COORDINATORS, "write"),
    "GET /vorgaenge/{case_id}/stellungnahme": (ANSWERING, "read"),
    "POST /vorgaenge/{case_id}/stellungnahme": (ANSWERING, "write"),
    "GET /vorgaenge/{case_id}/fristen": (ANSWERING, "read"),
    "POST /vorgaenge/{case_id}/fristen": (COORDINATORS, "write"),
    "GET /vorgaenge/{case_id}/akte": (COORDINATORS, "read"),
    "POST /vorgaenge/{case_id}/akte": (COORDINATORS, "write"),
    "GET /vorgaenge/{case_id}/freigabe": (COORDINATORS, "read"),
    "POST /vorgaenge/{case_id}/freigabe": (COORDINATORS, "write"),
    # pages of the steward
    "GET /schichten": (STEWARDS, "read"),
    "GET /schichten/{code}": (STEWARDS, "read"),
    "POST /schichten/{code}": (STEWARDS, "write"),
    "GET /schichten/{code}/unterschied": (STEWARDS, "read"),
    "GET /regeln": (RULES, "read"),
    "GET /regelprobe": (RULES, "checks"),
    "POST /regelprobe": (RULES, "checks"),
    "GET /regelvergleich": (RULES, "checks"),
    "POST /regelvergleich": (RULES, "checks"),
    # pages of the public
    "GET /karte": (EVERYBODY, "read"),
    "GET /karte/{digest}/{name}.json": (EVERYBODY, "read"),
    "GET /plan/{case_id}": (EVERYBODY, "read"),
    "GET /plan/{case_id}/stellungnahme": (EVERYBODY, "read"),
    "GET /neu.atom": (EVERYBODY, "read"),
    "GET /neu.ics": (EVERYBODY, "read"),
    "GET /leitbilder": (EVERYBODY, "read"),
    "GET /orte": (EVERYBODY, "read"),
    "GET /kacheln/{digest}/{code}/{name}.pmtiles": (EVERYBODY, "read"),
    "GET /grundkarte/{z}/{x}/{y}": (EVERYBODY, "read"),
    "GET /einbetten/karte": (EVERYBODY, "read"),
    "GET /einbetten/plan/{case_id}": (EVERYBODY, "read"),
    "GET /einreichen": (SENDERS, "write"),
    "POST /einreichen": (SENDERS, "write"),
    "GET /vorgaenge/{case_id}/eingang": (READERS, "read"),
    "GET /vorgaenge/{case_id}/planung": (frozenset({PLANNER}), "read"),
    "POST /vorgaenge/{case_id}/planung": (frozenset({PLANNER}), "write"),
    "GET /antwort/{word}": (EVERYBODY, "read"),
    "POST /antwort/{word}": (EVERYBODY, "write"),
}


# What a public instance offers: it has no accounts, no cases, and keeps nothing.
OUTSIDE = frozenset(
    {
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
        "POST /api/v1/checks",
        "GET /api/v1/vocabulary",
        "GET /api/v1/problems/{code}",
        "GET /",
        "GET /static/{digest}/{name}",
        "GET /sprache/{language}",
        "GET /impressum",
        "GET /datenschutz",
        "GET /barrierefreiheit",
        "GET /vorpruefung",
        "POST /vorpruefung",
        "GET /varianten",
        "POST /varianten",
        "GET /karte",
        "GET /karte/{digest}/{name}.json",
        "GET /kartengrund",
        "GET /neu.atom",
        "GET /neu.ics",
        "GET /plan/{case_id}",
        "GET /plan/{case_id}/stellungnahme",
        "GET /leitbilder",
        "GET /orte",
        "GET /kacheln/{digest}/{code}/{name}.pmtiles",
        "GET /grundkarte/{z}/{x}/{y}",
        "GET /einbetten/karte",
        "GET /einbetten/plan/{case_id}",
    }
)


def may_call(route: str, principal: Principal) -> bool:
    """Tell whether the principal's role may call a route ("METHOD /path")."""
    roles, scope = RIGHTS.get(route, (frozenset(), ""))
    return principal.role in roles and (not scope or scope in principal.scopes)
