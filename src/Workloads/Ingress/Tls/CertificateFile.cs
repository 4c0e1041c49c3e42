namespace ProviderAgent.Workloads;

/// <summary>One certificate in two files, read again when they change. One that cannot be served never replaces one that can.</summary>
internal sealed class CertificateFile
{
    private (string Certificate, string Key, DateTime CertificateAt, DateTime KeyAt, long CertificateLength, long KeyLength) _seen;
    private ServingCertificate? _good;

    /// <summary>What is wrong with the files as they are; null when nothing is.</summary>
    public string? Problem { get; private set; }

    /// <summary>The latest good certificate; null while there was none, and once it has ended.</summary>
    public ServingCertificate? Current(string certificateFile, string keyFile, string origin, DateTimeOffset now)
    {
        var (certificate, key) = (new FileInfo(certificateFile), new FileInfo(keyFile));
        var seen = (certificateFile, keyFile, certificate.LastWriteTimeUtc, key.LastWriteTimeUtc, certificate.Exists ? certificate.Length : -1, key.Exists ? key.Length : -1);
        // Two files cannot be replaced at once, so a pair that does not fit is looked at again each time.
        if (seen != _seen || Problem is not null)
        {
            try
            {
                _good = CertificateReader.Read(certificateFile, keyFile, origin, now);
                Problem = null;
            }
            catch (CertificateException error)
            {
                Problem = $"{certificateFile} {error.Message}{(_good is null ? "" : "; the one from before is served")}";
            }

            _seen = seen;
        }

        if (_good is not null && _good.NotAfter <= now)
        {
            Problem = $"{certificateFile} ended on {_good.NotAfter:u}; renew it";
            _good = null;
        }

        return _good;
    }
}
