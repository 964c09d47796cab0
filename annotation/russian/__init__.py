"""Label Studio's own pages in Russian: login, queue, messages and the end of the queue.

Label Studio has no Russian locale. ``middleware.RussianPages``, a Django middleware in Label Studio's own process, puts
``page.js`` into each of its pages. That replaces the words that annotators meet, and shows people the reason when the
server refuses what they send; Label Studio itself would only say that it did not work.
"""
