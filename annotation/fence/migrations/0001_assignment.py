"""The table of assignments."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Depends on nothing of Label Studio."""

    initial = True
    dependencies = ()
    operations = (
        migrations.CreateModel(
            name="Assignment",
            fields=(
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("project_id", models.IntegerField()),
                ("task_id", models.IntegerField()),
                ("user_id", models.IntegerField()),
            ),
            options={
                "indexes": [models.Index(fields=("project_id", "user_id"), name="raisontext_assignment_queue")],
                "constraints": [
                    models.UniqueConstraint(fields=("task_id", "user_id"), name="raisontext_assignment_once")
                ],
            },
        ),
    )
