using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ProviderAgent.Devnet.Hosting;

namespace ProviderAgent.Devnet.Tests.Hosting;

public sealed class ServiceTests
{
    [Fact]
    public async Task AddDevnet_RunsWithTheHost()
    {
        var port = FreePort.Next();
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddDevnet().AddDevnet();
        builder.Services.Configure<DevnetOptions>(options => (options.Listen, options.BlockTime) = ($"127.0.0.1:{port}", TimeSpan.Zero));
        using var host = builder.Build();
        using var http = new HttpClient();
        var status = new Uri($"http://127.0.0.1:{port}/status");

        await host.StartAsync();
        Assert.Contains("devnet-1", await http.GetStringAsync(status), StringComparison.Ordinal);
        await host.StopAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync(status));
    }
}
