# SPDX-License-Identifier: BSD-3-Clause
"""What scripts/make-npa-profiles is made of: figures (what was published), fitting (arithmetic), fillers (what was
not published), detections and traffic (the components), text (how they are written down)."""
