"""Readers of a library, who log in with the number of their card and have no email address."""

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models


class Branch(models.Model):
    name = models.CharField(max_length=100)

    def __str__(self):
        return self.name


class ReaderManager(BaseUserManager):
    def enrol(self, card, **fields):
        reader = self.model(card=card, **fields)
        reader.set_unusable_password()
        reader.save()
        return reader


class Reader(AbstractBaseUser, PermissionsMixin):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    card = models.CharField(max_length=40, unique=True)
    branch = models.ForeignKey(Branch, on_delete=models.SET_NULL, null=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    objects = ReaderManager()
    USERNAME_FIELD = "card"

    def __str__(self):
        return self.card
