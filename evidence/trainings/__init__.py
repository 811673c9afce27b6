"""What is trained: functions of the seeds and of settings, by source or subject."""
