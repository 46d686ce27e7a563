"""From bytes to text, and what form the text has: each form that is none of an article's is refused by its name.

The modules, from the outside in:

    forms         JSON, HTML, plain text or XML; a Confluent frame is taken off
    binaries      formats that are not text
    encodings     bytes → text
    mojibake      text whose bytes were once read in a wrong encoding
    text_forms    text that is no prose: encoded data, other protocols' messages
    source_code   programs
"""
