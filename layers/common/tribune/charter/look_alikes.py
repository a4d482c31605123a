"""Characters that look like one Latin letter, by that letter: characters of other scripts, and drawn letters.

Generated once from the Unicode Consortium's confusables (UTS #39, `confusables.txt`, Unicode License v3: the notice is
at https://www.unicode.org/license.txt), by way of the JSON of the package confusable_homoglyphs 3.3.1 (MIT): every
character that is confusable with exactly one ASCII letter and does not fold to one. By hand: small capitals, letters
turned upside down, and what trolls use that the standard does not list (« и » for n, « д » for d, ⭕ for o).
"""

BY_LETTER = {
    "a": "ɐɑΑαλАаᎪᗅᴀ⍺ꓮ𐊠𖽀",
    "b": "ƄʙΒβВЬвьᏏᏴᑲᖯᗷꓐꞴ𐊂𐊡𐌁",
    "c": "ɔϲϹСсᏟᴄⲤⲥꓚꮯ𐊢𐌂𐐕𐐽𐔜𑣩𑣲🝌",
    "d": "дԁᎠᏧᑯᗞᗪᴅ∂ꓒꓓ",
    "e": "єǝΕεЕеҽᎬᴇ℮⋿ⴹꓰꬲ𐊆𑢦𑢮",
    "f": "ɟϜғքᖴẝꓝꜰꞘꞙꬵ𐊇𐊥𐔥𑢢𑣂𝈓",
    "g": "ƍɡɢԌցᏀᏳᶃꓖ",
    "h": "ɥʜΗНнһհᎻᏂᕼⲎꓧ𐋏",
    "i": "ɩɪιіӏᎥ⍳ꙇꭵ𑣃",
    "j": "ͿϳЈјᎫᒍᴊꓙꞲ",
    "k": "ʞΚκКкᏦᛕᴋⲔꓗ𐔘",
    "l": "ƖǀʟΙІӀ۱Ꮮᒪᛁ∣⏽ⲒⳐⵏꓡꓲ𐊊𐌉𐌠𐐛𐔦𑢣𑢲𖼖𖼨𝈪",
    "m": "ΜϺМмᎷᗰᛖᴍⲘꓟ𐊰𐌑",
    "n": "ɴΝηипոռⲚꓠ𐔓",
    "o": "ΟοσОоՕօ۵०০੦૦ଠ୦௦౦೦ഠ൦๐໐ဝ၀ჿዐᴏᴑ⭕Ⲟⲟⵔ〇ꓳꬽ𐊒𐊫𐐄𐐬𐓂𐓪𐔖𑓐𑢵𑣈𑣗𑣠",
    "p": "ΡρРрᏢᑭᴘ⍴Ⲣⲣꓑ𐊕",
    "q": "ԛգզⵕꞯ",
    "r": "ƦɹɾʀгяᎡᏒᖇᴦⲅꓣꭇꭈꮁ𐒴𖼵𝈖",
    "s": "ƽʃЅѕՏᏕᏚꓢꜱꮪ𐊖𐐠𐑈𑣁𖼺",
    "t": "ʇΤτТтᎢᴛ⊤⟙Ⲧꓔ𐊗𐊱𐌕𑢼𖼊🝨",
    "u": "ʋυՍսሀᑌᴜ∪⋃ꓴꞟꭎꭒ𐓎𐓶𑢸𑣘𖽂",
    "v": "ʌνѴѵ۷Ꮩᐯᴠ∨⋁ⴸꓦꛟꮩ𐔝𑜆𑢠𑣀𖼈𝈍",
    "w": "ɯʍωѡԜԝաᎳᏔᴡꓪꮃ𑜊𑜎𑜏𑣦𑣯",
    "x": "ΧχХхᕁᕽ᙭᙮ᚷ╳⤫⤬⨯ⲬⵝꓫꞳ𐊐𐊴𐌗𐌢𐔧𑣬",
    "y": "ɣʎʏΥγУуҮүყᎩᎽᶌỿⲨꓬꭚ𐊲𑢤𑣜𖽃",
    "z": "ΖᏃᴢꓜꮓ𐋵𑢩𑣄𑣥",
}  # fmt: skip

LETTERS = {character: letter for letter, characters in BY_LETTER.items() for character in characters}
"""Character -> the Latin letter it looks like."""
