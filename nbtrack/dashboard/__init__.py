"""How are runs looked at in the notebook?"""
