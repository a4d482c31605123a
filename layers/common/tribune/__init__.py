"""Tribune: what a brand's community manager stands on.

The package in reading order, each floor importing only the ones before it:

errors · clock · settings · telemetry       what can go wrong, what time it is, what a function is told, what it counts
forms                                       what a browser posted, read strictly
comment · lengths · channel                 what a platform said, in our words; how it counts; what passes between us and it
charter                                     the heart: clauses and versions, reading a text, lists, examples, lint
replies                                     the texts that can be said, ours and a community's own; what no text may hold
standing · engagement · duty · voice · team an author's history, the three levels, the rota, how we speak, who may what
budgets                                     how much the machine says without a person, and when it has said enough
promises                                    what people say of time: what a person promises, by when; since when somebody waits
statement · notice                          the reason of a measure in the DSA's words, its public page's address, its appeal
question                                    what somebody outside the team is asked, and until when
explained · numerals                        what the machine looked at in a text, as sentences; figures as people write them
echo · climate                              several people who say nearly the same; how it is in a space, from calm to crisis
decision                                    breaches + standing + budgets -> what is done and why; pure, one ordered list
operation                                   a contest, a BlogStorming, an event, a campaign: what belongs to it
ledger                                      every decision sealed, chained, and verified without us
journal · community · checking              what is kept of a comment; what a brand has set; what would be done about a text
rota_changes                                what people change in a rota without its file
proposals · leadership                      what a person could say this morning, and what of it counts as leading
conversation · thanks                       how threads go; who gave most, to be thanked
crowd · partaking · figures · measures      how many different people; what an hour, a day, a month comes to; the named formulas
report · reported · register                what a week comes to, with three suggestions; the same in words; what everybody may read
workflow                                    the use cases: receive, moderate, perform, call, relay, watch, show, cases
platforms · managers · aws · web            the edges: social platforms, ways to reach a CM, the cloud, the network
desk                                        the screens of the team on top of the use cases, and the JSON behind them
words · pages · charts                      what people read, as data; figures as pictures

The doors are in `functions/`, one folder a trigger; what runs on one machine is in `local/`.
"""
