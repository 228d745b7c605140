#!/usr/bin/env bash
# sdmx1 2.28.0 with pandas 3.1.1: an SDMX reporting month or trimester becomes another date, without a warning.
#
# Expected: SDMX has two notations of a month, the Gregorian 2016-06 and the reporting period 2016-M06, and a trimester
#           is four months (2016-T2 is May to August). A conversion with datetime= gives the start of each period, or
#           fails.
# Happens:  2016-06 is right, but 2016-M06 is 1 January, six seconds past midnight, and 2016-T2 is 1 February. The
#           semester 2016-S1 at least is refused (DateParseError). sdmx1 hands the text to pandas, which guesses.
# Matters:  twelve months of a year fall on one day, in the right order and with unique times, so no duplicate shows it.
#           Translate TIME_PERIOD yourself and let no general date parser see it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check sdmx1==2.28.0 pandas==3.1.1
cd "$work"
venv/bin/python - <<'PY'
import io, logging, sys
import sdmx

logging.disable()
urn = "urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=XX:T(1.0):ObsLevelDim:TIME_PERIOD"
base = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
message = f"""<m:StructureSpecificData xmlns:m="{base}/message" xmlns:c="{base}/common" xmlns:n="{urn}"
 xmlns:s="{base}/data/structurespecific" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<m:Header><m:ID>A</m:ID><m:Test>true</m:Test><m:Prepared>2017-01-01T00:00:00</m:Prepared><m:Sender id="XX"/>
<m:Structure structureID="T" namespace="{urn}" dimensionAtObservation="TIME_PERIOD">
<c:Structure><Ref agencyID="XX" id="T" version="1.0" class="DataStructure"/></c:Structure></m:Structure></m:Header>
<m:DataSet s:structureRef="T" s:dataScope="DataStructure" s:action="Replace" xsi:type="n:DataSetType">
<Series GEO="NL"><Obs TIME_PERIOD="%s" OBS_VALUE="1290"/></Series></m:DataSet></m:StructureSpecificData>"""

seen = {}
for period in ("2016-06", "2016-M06", "2016-M12", "2016-T2", "2016-S1"):
    data = sdmx.read_sdmx(io.BytesIO((message % period).encode())).data[0]
    try:
        seen[period] = str(sdmx.to_pandas(data, datetime="TIME_PERIOD").index[0])
    except ValueError as error:
        seen[period] = type(error).__name__
    print(f"{period:9} {seen[period]}")
if seen != {"2016-06": "2016-06-01 00:00:00", "2016-M06": "2016-01-01 00:00:06", "2016-M12": "2016-01-01 00:00:12",
            "2016-T2": "2016-02-01 00:00:00", "2016-S1": "DateParseError"}:
    sys.exit("changed: the periods above are dated otherwise than sdmx1 2.28.0 with pandas 3.1.1 did")
print("as seen: reporting months lie within one minute of 1 January")
PY
