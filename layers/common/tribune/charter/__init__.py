"""charter"""
