-- One open hold of a group and code: looks that end at the same time and meet the same mass change share it.
CREATE UNIQUE INDEX holds_open ON holds (dimension, member, code) WHERE state = 'open';
