"""Keeps every session in step with what the database says of its user. The README in this folder tells how.

The modules are layers: each imports only from lines below its own. `make test` checks that.

    apps  admin  management                       what Django finds by itself
    checks  receivers  demo  mixins  middleware   what Django calls: checks, signals, requests
    decorators                                    the guard of a single view
    refresh                                       one request's check of its session
    requests                                      what a request carries after that
    publishing  sessions  health                  signals of a publish; a user's sessions; whether all works
    backends                                      session stores: the database, or with a cache in front
    versions                                      the session version, which every publish raises
    models  cache                                 the tables; the cache server
    conf  metrics  session_keys                   settings; counters; names
"""

__version__ = "1.0.0"
