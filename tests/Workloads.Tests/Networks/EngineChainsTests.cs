using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using ProviderAgent.Docker;

namespace ProviderAgent.Workloads.Tests.Networks;

public sealed class EngineChainsTests
{
    [Theory]
    [InlineData("Failed to Setup IP tables: Unable to enable SKIP DNAT rule:  (iptables failed: iptables --wait -t nat -I DOCKER -i br-1 -j RETURN: iptables: No chain/target/match by that name.\n (exit status 1))", true)]
    [InlineData("driver failed programming external connectivity on endpoint pa-1-web-0 (2):  (iptables failed: iptables --wait -t nat -A DOCKER: iptables: No chain/target/match by that name.\n (exit status 1))", true)]
    [InlineData("driver failed programming external connectivity on endpoint pa-1-web-0 (2): Error starting userland proxy: listen tcp4 0.0.0.0:30001: bind: address already in use", false)]
    [InlineData("OCI runtime create failed: exec: \"iptables failed: No chain/target/match by that name\": executable file not found in $PATH", false)] // a tenant's command
    [InlineData("iptables does not exist", false)]
    public void Explains_OnlyWhatTheEngineItselfSaysOfItsChains(string said, bool isSo)
    {
        var sut = new EngineChains(NullLogger<EngineChains>.Instance);

        Assert.Equal(isSo, sut.Explains(new DockerApiException(HttpStatusCode.InternalServerError, said)));

        Assert.Equal(isSo, sut.Problem is not null);
        sut.Worked();
        Assert.Null(sut.Problem);
    }
}
