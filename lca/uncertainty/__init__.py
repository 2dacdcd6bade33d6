"""What is not known exactly, and what that does to a figure.

* :mod:`lca.uncertainty.distributions`: the shapes of a quantity.
* :mod:`lca.uncertainty.streams`: one stream of random numbers per quantity, by seed and name.
* :mod:`lca.uncertainty.draws`: many draws of many quantities, correlated where asked.
* :mod:`lca.uncertainty.sample`: a sample of results, its quantiles and their own sampling error.
* :mod:`lca.uncertainty.propagation`: first and second order, for any function of measured values.
* :mod:`lca.uncertainty.figure`: a disclosed figure by sampling, by first order and by limits.
* :mod:`lca.uncertainty.system`: a product system whose every number may be uncertain, loops too.
* :mod:`lca.uncertainty.difference`: whether one figure is lower than another.

Parameter uncertainty only: a wrong model, a wrong boundary and a wrong choice of factor are not in
any of these numbers.
"""
