"use strict";
// After the job, whatever became of it: hands back the runs that main still holds.

const { post } = require("./launcher.cjs");

post(process.env).then((code) => {
  process.exitCode = code;
});
