"""Defects: which posts say that something is wrong with another one."""
