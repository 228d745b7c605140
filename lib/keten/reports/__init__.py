"""Execute notebooks, render them as reports and publish the two as one edition.

This room knows nothing about migration data: a job is a notebook file with parameters, a result is a report
or a reason in Dutch. papermill, nbconvert and jupyter_client are extended through their own plugin doors
(engine, exporter, kernel provisioner), so that they also serve on their own.
"""
