class Claim:
    def __init__(s, r):
        s.result = r
