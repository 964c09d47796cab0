"""The labelling page of Label Studio in Russian: buttons, hints and messages (login and end page are the fence's own).

Label Studio has no Russian locale. ``middleware.RussianPages``, a Django middleware in Label Studio's own process, puts
``page.js`` into each of its pages. That replaces the words that annotators meet, and shows people the reason when the
server refuses what they send; Label Studio itself would only say that it did not work.
"""
