"""The desk: the screens from which a community manager leads the conversation, and the JSON behind them.

A door (`route`) names its method, its path, the right it asks for, the form it takes and the view it answers
with; a view is shown as a page, or as JSON to whoever asks for that. Nothing changes on GET. What a person does
goes through `workflow.cases` and its like, the same as from the command line.

    request · session · signin    what a browser sends; who it is; how one proves it (OpenID Connect)
    visit · route                 a request of somebody known; the doors and what they answer
    unanswered …                  the screens, one module each
"""
