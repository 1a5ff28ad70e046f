"""What can be known of a cell's run without any code of the person's?"""
