"""The pages: what planners, offices, coordinator, steward and the public see in a browser.

They call the same functions as the interface for programs. Every page works without scripts, but
for the map, beside which a table says the same.
"""

from service.portal import (
    answer_link,
    cases,
    consolidating,
    deadlines,
    entrance,
    files,
    filing,
    ground,
    hand_in,
    inbox,
    involving,
    layers,
    legal,
    planner_case,
    precheck,
    public,
    releasing,
    rule_change,
    rule_trial,
    rules,
    stating,
    statistics,
    task,
    variants,
)

ROUTERS = (
    entrance.router,
    files.router,
    legal.router,
    precheck.router,
    cases.router,
    involving.router,
    ground.router,
    inbox.router,
    hand_in.router,
    planner_case.router,
    answer_link.router,
    task.router,
    consolidating.router,
    stating.router,
    deadlines.router,
    filing.router,
    releasing.router,
    public.router,
    layers.router,
    rules.router,
    rule_trial.router,
    rule_change.router,
    statistics.router,
    variants.router,
)
