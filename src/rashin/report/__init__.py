"""Reports that cannot be silently wrong: a document of blocks made from figures only, and the same document as mail, PDF and workbook."""
