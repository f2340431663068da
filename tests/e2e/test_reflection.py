"""Reflection and health, as grpcurl and a load balancer use them."""

import grpc
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

pytestmark = pytest.mark.sandbox


@pytest.fixture
def channel(server):
    with grpc.insecure_channel(server.address) as channel:
        yield channel


def test_services_are_listed(channel):
    services = set(ProtoReflectionDescriptorDatabase(channel).get_services())
    assert {
        "verifier.v1.ScoringService",
        "verifier.v1.RegistryService",
        "grpc.health.v1.Health",
    } <= services


def test_a_call_made_from_reflection_alone(channel):
    """As grpcurl does: no stub of ours, only what the server says of itself."""
    pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
    method = pool.FindServiceByName("verifier.v1.RegistryService").FindMethodByName("GetServerInfo")
    request = message_factory.GetMessageClass(method.input_type)()
    reply = message_factory.GetMessageClass(method.output_type)
    path = f"/{method.containing_service.full_name}/{method.name}"
    call = channel.unary_unary(
        path,
        request_serializer=request.__class__.SerializeToString,
        response_deserializer=reply.FromString,
    )
    info = json_format.MessageToDict(call(request, timeout=10))
    assert info["sandbox"] == "nsjail"
    assert {fact["key"] for fact in info["versions"]} >= {"python", "grpcio"}


def test_the_definitions_are_documented_in_the_repository(channel):
    database = ProtoReflectionDescriptorDatabase(channel)
    file = database.FindFileContainingSymbol("verifier.v1.ScoringService")
    assert isinstance(file, descriptor_pb2.FileDescriptorProto)
    assert file.name == "verifier/v1/scoring.proto"


@pytest.mark.parametrize("service", ["", "verifier.v1.ScoringService"])
def test_health(channel, service):
    stub = health_pb2_grpc.HealthStub(channel)
    reply = stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=10)
    assert reply.status == health_pb2.HealthCheckResponse.SERVING
