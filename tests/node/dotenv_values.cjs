// Reads files with node's `dotenv`, which does not replace variables. The input is {"files": [BASE64]}, and the output has
// the values of each file.

const { readFileSync } = require('node:fs')
const dotenv = require('dotenv')

const { files } = JSON.parse(readFileSync(0, 'utf8'))
const read = (file) => ({ values: dotenv.parse(Buffer.from(file, 'base64')) })
process.stdout.write(JSON.stringify(files.map(read)))
