output "cidr_blocks" {
  value = [for address in provider::webhook::dfns_origin_ips("eu") : "${address}/32"]
}
