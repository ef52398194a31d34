using System;
using System.Collections.Concurrent;
using System.Linq;

namespace BackupModule.Tests.Servers;

/// <summary>
/// What Amazon's archives add to an S3 server, done in a <see cref="FaultProxy"/> before one that does not have them: objects
/// put into GLACIER cannot be read until they were asked for and some questions later are there. After the Amazon S3 API
/// reference: <c>RestoreObject</c>, <c>HeadObject</c>, error <c>InvalidObjectState</c>.
/// </summary>
/// <param name="questions">How often "not yet" is answered for an object before it can be read.</param>
internal sealed class GlacierRules(int questions)
{
    private readonly ConcurrentDictionary<string, Archived> _objects = new(StringComparer.Ordinal);

    /// <summary>How many objects were asked for.</summary>
    public int Requests => _objects.Values.Sum(static item => item.Requests);

    /// <summary>How many objects are in the archive.</summary>
    public int Count => _objects.Count;

    /// <summary>To be a proxy's <see cref="FaultProxy.Fault"/>.</summary>
    public ProxyFault? Answer(ProxiedRequest request)
    {
        string key = request.Target.Split('?')[0];
        if (request is { Method: "PUT" } && request["x-amz-storage-class"] is "GLACIER")
        {
            _objects[key] = new Archived(request.ContentLength);
            return null;
        }

        if (!_objects.TryGetValue(key, out Archived? item))
        {
            return null;
        }

        lock (item)
        {
            return request.Method switch
            {
                "HEAD" => Describe(item),
                "GET" => item.IsReadable ? null : ProxyFault.Refuse(403, "InvalidObjectState"),
                "POST" when request.Target.EndsWith("?restore", StringComparison.Ordinal) => Ask(item),
                _ => null,
            };
        }
    }

    /// <summary>Puts packs of at least so many bytes, that are stored already, into the archive, as a rule of the bucket may.
    /// </summary>
    public void Archive(FaultProxy proxy, int packsFrom)
    {
        foreach (ProxiedRequest put in proxy.Requests
            .Where(request => request.IsPackPut && request.ContentLength >= packsFrom))
        {
            _objects[put.Target.Split('?')[0]] = new Archived(put.ContentLength);
        }
    }

    private static ProxyFault Describe(Archived item)
    {
        if (item.Questions > 0 && --item.Questions == 0)
        {
            item.IsReadable = true;
        }

        string restore = item.IsReadable
            ? "x-amz-restore: ongoing-request=\"false\", expiry-date=\"Fri, 21 Dec 2035 00:00:00 GMT\"\r\n"
            : item.Questions > 0 ? "x-amz-restore: ongoing-request=\"true\"\r\n" : string.Empty;
        return ProxyFault.Own(
            $"HTTP/1.1 200 OK\r\nContent-Length: {item.Length}\r\nx-amz-storage-class: GLACIER\r\n{restore}"
            + "Connection: close\r\n\r\n");
    }

    private ProxyFault Ask(Archived item)
    {
        if (item.Questions > 0)
        {
            return ProxyFault.Refuse(409, "RestoreAlreadyInProgress");
        }

        item.Requests++;
        item.Questions = questions;
        return ProxyFault.Own(
            "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }

    private sealed class Archived(int length)
    {
        public int Length => length;

        public int Requests { get; set; }

        public int Questions { get; set; }

        public bool IsReadable { get; set; }
    }
}
