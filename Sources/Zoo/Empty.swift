// room in preparation
