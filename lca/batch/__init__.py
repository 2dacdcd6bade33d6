"""Many files at once: in this process's pool, or on a cluster; the same bytes of result either way.

* :mod:`lca.batch.work`: one file, from bytes to bytes; what a worker does.
* :mod:`lca.batch.pool`: a pool of processes on this machine.
* :mod:`lca.batch.cluster`: a Dask scheduler elsewhere (extra ``dask``).
"""
