"""The fence: a Django app inside Label Studio's own process that lets an annotator do his or her own work, no more.

Chosen by ``DJANGO_SETTINGS_MODULE=annotation.fence.settings``. Its modules run in Label Studio's environment (``core``,
``tasks``, ``users``… are top-level packages there) and are imported by nothing else of this project, which talks to
the fence through :mod:`annotation.fence_client`. See docs/fence.md.
"""
