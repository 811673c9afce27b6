class OldClaim:
    pass


def history_page(p):
    return ""
