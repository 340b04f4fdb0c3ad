"""Documents of the tool and of the policy pack: one reader, one base of all models, and one form of every problem.

A problem has the file, the line where the format has one, the path of the key, what is wrong and what would be right.
All problems of a document are reported at once, as a `UserError`.
"""

from groundwork.documents.document import (
    Document,
    DocumentError,
    DocumentProblem,
    Problems,
    key_path,
    load,
    parse,
    read,
)
from groundwork.documents.formats import Place
from groundwork.documents.messages import shown, suggest
from groundwork.documents.model import Model, Names, Objection, Text, refusal, refuse

__all__ = [
    "Document",
    "DocumentError",
    "DocumentProblem",
    "Model",
    "Names",
    "Objection",
    "Place",
    "Problems",
    "Text",
    "key_path",
    "load",
    "parse",
    "read",
    "refusal",
    "refuse",
    "shown",
    "suggest",
]
