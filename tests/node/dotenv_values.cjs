// Reads files with node's `dotenv`, which replaces nothing: {"files": [BASE64]} in, the values of each file out.

const { readFileSync } = require('node:fs')
const dotenv = require('dotenv')

const { files } = JSON.parse(readFileSync(0, 'utf8'))
const read = (file) => ({ values: dotenv.parse(Buffer.from(file, 'base64')) })
process.stdout.write(JSON.stringify(files.map(read)))
