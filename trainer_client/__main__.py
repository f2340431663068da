"""`python -m trainer_client`: the same as the command `trainer-client`."""

from trainer_client.cli import main

main(prog_name="trainer-client")
