import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("web", "0002_acts"),
    ]

    operations = [
        migrations.AddField(
            model_name="cycleentry",
            name="detail",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="cycleentry",
            name="removed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="kpireview",
            name="cycle",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="reviews", to="web.cycle"
            ),
        ),
    ]
