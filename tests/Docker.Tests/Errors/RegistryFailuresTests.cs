using System.Net;

namespace ProviderAgent.Docker.Tests.Errors;

public sealed class RegistryFailuresTests
{
    [Theory]
    [InlineData(404, "manifest for 127.0.0.1:5000/a:1 not found: manifest unknown: manifest unknown", RegistryFailure.NotFound)]
    [InlineData(404, "anything", RegistryFailure.NotFound)]
    [InlineData(404, "pull access denied for a/b, repository does not exist or may require 'docker login': denied: requested access",
        RegistryFailure.AccessDenied)]
    [InlineData(500, "Get \"http://127.0.0.1:1/v2/\": no basic auth credentials", RegistryFailure.AccessDenied)]
    [InlineData(500, "unauthorized: authentication required", RegistryFailure.AccessDenied)]
    [InlineData(400, "invalid reference format", RegistryFailure.BadReference)]
    [InlineData(500, "Get \"http://x/v2/\": dial tcp 127.0.0.1:1: connect: connection refused", RegistryFailure.Unreachable)]
    [InlineData(500, "dial tcp: lookup nowhere.invalid: no such host", RegistryFailure.Unreachable)]
    [InlineData(500, "toomanyrequests: You have reached your pull rate limit", RegistryFailure.RateLimited)]
    [InlineData(500, "error parsing HTTP 429 response body: invalid character '<' looking for beginning of value: \"<html>slow down</html>\"", RegistryFailure.RateLimited)]
    [InlineData(500, "received unexpected HTTP status: 500 Internal Server Error", RegistryFailure.Broken)]
    [InlineData(200, "received unexpected HTTP status: 502 Bad Gateway", RegistryFailure.Broken)]
    [InlineData(200, "unknown blob", RegistryFailure.Corrupt)]
    [InlineData(200, "filesystem layer verification failed for digest sha256:00", RegistryFailure.Corrupt)]
    [InlineData(200, "failed to register layer: write /x: no space left on device", RegistryFailure.NoSpace)]
    [InlineData(500, "something new", RegistryFailure.Unknown)]
    public void Classify_SeenMessage_GivesTheCause(int status, string message, RegistryFailure expected) =>
        Assert.Equal(expected, RegistryFailures.Classify(new DockerApiException((HttpStatusCode)status, message)));
}
