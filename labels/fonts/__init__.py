"""The label font: where it is found, what it can set, what it is (its hash).

The font is not part of the distribution. ``python -m labels.fonts build`` makes it once; this
package finds it again, in this order:

1. the folder named by the environment variable ``CARBONLABEL_FONTS``;
2. ``share/carbonlabel/fonts`` of the checkout, of the virtual environment, or of the user;
3. a font of the system, by name;
4. otherwise a refusal that says the command.
"""

from labels.fonts.fontset import FontSet
from labels.fonts.lookup import find

__all__ = ["FontSet", "find"]
