"""The commands of `dingze`, a file for each room they speak for."""
