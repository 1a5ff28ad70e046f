"""How does code say what it wants kept?"""
